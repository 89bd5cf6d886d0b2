"""The base of every value that is handed from one part to the next: closed and frozen."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value with named, typed fields; unknown fields and later changes are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
