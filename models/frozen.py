"""The base of every value that is handed from one part to the next: closed and frozen; and its fields of sentences."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, ValidatorFunctionWrapHandler, WrapValidator

from models.text import Text


class Frozen(BaseModel):
    """A value with named, typed fields; unknown fields and later changes are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _kept(value: Any, validate: ValidatorFunctionWrapHandler) -> str:
    """A Text as it is; pydantic would make a plain str of it."""
    return value if isinstance(value, Text) else str(validate(value))


TextField = Annotated[str, WrapValidator(_kept)]
"""A field that keeps the template of a `models.text.Text`; in JSON it is the English."""
