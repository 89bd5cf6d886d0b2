"""The base of every value that is handed from one part to the next: closed and frozen; and its fields of sentences."""

from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_serializer,
    model_validator,
)

from models.text import Text, as_json, from_json


class Frozen(BaseModel):
    """A value with named, typed fields; unknown fields and later changes are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _kept(value: Any, validate: ValidatorFunctionWrapHandler) -> str:
    """A Text as it is; pydantic would make a plain str of it."""
    return value if isinstance(value, Text) else str(validate(value))


TextField = Annotated[str, WrapValidator(_kept)]
"""A field that keeps the template of a `models.text.Text`; in JSON it is the English."""


WITH_TEMPLATES = {"templates": True}
"""Context of `model_dump` with which a `Sentence` writes its template and values too."""


class Sentence(Frozen):
    """A value with one sentence, in the field that `sentence` names. With the context `WITH_TEMPLATES` its template and
    values stand beside it in JSON, as `template`; a file without them can be read."""

    sentence: ClassVar[str]

    @model_serializer(mode="wrap")
    def _with_template(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        text = getattr(self, self.sentence)
        if info.context == WITH_TEMPLATES and isinstance(text, Text):
            written["template"] = as_json(text)
        return written

    @model_validator(mode="before")
    @classmethod
    def _of_template(cls, written: Any) -> Any:
        if not isinstance(written, dict) or "template" not in written:
            return written
        text = from_json(written["template"])
        if text != written.get(cls.sentence):
            raise ValueError(f'{cls.sentence} is "{written.get(cls.sentence)}", and its template says "{text}"')
        return {name: value for name, value in written.items() if name != "template"} | {cls.sentence: text}
