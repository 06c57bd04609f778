"""What a mapping file may say: pure data, no expressions. Every key has a meaning here or is a mistake."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

As = Literal["string", "int", "decimal", "bool", "date", "ts", "enum"]
ElementPath = r"^([A-Za-z_][\w.-]*)(/[A-Za-z_][\w.-]*)*$"
ValuePath = r"^([A-Za-z_][\w.-]*/)*@[A-Za-z_][\w.-]*$"
ContractPath = r"^[a-z_][a-z0-9_]*(\.[a-z0-9_]+)*$"
XmlName = r"^[A-Za-z_][\w.-]*$"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Value(Part):
    """One value. const: itself; from: a contract field or helper value; path: a place in the vendor's document.

    as: how it is read or written; format: of a day or time (strftime); values: ours → theirs when written, theirs →
    ours when read; default: for one that is not there; lookup: a table of the file, ours → theirs, either way.
    """

    const: str | None = None
    from_: str | None = Field(None, alias="from", pattern=ContractPath)
    path: str | None = Field(None, pattern=ValuePath)
    as_: As = Field("string", alias="as")
    format: str | None = None
    values: Mapping[str, str] | None = None
    default: str | None = None
    required: bool = False
    lookup: str | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        given = [name for name in ("const", "from_", "path") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a value has exactly one of const, from and path")
        if self.format is not None and self.as_ not in ("date", "ts"):
            raise ValueError("format belongs to `as: date` and `as: ts`")
        if self.values is not None and self.as_ not in ("enum", "bool"):
            raise ValueError("values belong to `as: enum` and `as: bool`")
        if self.as_ == "enum" and not self.values:
            raise ValueError("`as: enum` needs values")
        if self.required and self.default is not None:
            raise ValueError("a required value has no default; take one of the two out")
        return self


class Element(Part):
    """An element to be written; with for_each one for every entry of that list."""

    element: str = Field(pattern=XmlName)
    for_each: str | None = Field(None, pattern=ContractPath)
    attrs: Mapping[str, Value] = Field(default_factory=dict)
    children: list["Element"] = Field(default_factory=list)


class Response(Part):
    """rows: where records stand, every spelling. key: parts of a record's native key. fields: what is read of it."""

    rows: list[str] = Field(default_factory=list)
    key: Mapping[str, str] = Field(default_factory=dict)
    fields: Mapping[str, Value] = Field(default_factory=dict)


class KeyRange(Part):
    from_: str = Field("", alias="from")
    to: str = ""


class Paging(Part):
    """key_range: one call for each slice; without ranges one call for everything."""

    strategy: Literal["none", "key_range"] = "none"
    from_attr: str | None = None
    to_attr: str | None = None
    ranges: list[KeyRange] = Field(default_factory=list)


class Batch(Part):
    input: str
    size: int = Field(ge=1, le=10_000)


class Operation(Part):
    """evidence: where it was seen; `none` goes with status unsupported, and such an operation is never called."""

    evidence: str
    status: Literal["supported", "unsupported"] = "supported"
    fallback: str | None = None
    precheck: str | None = None
    not_found_on_error: Literal["ask", "absent"] = "ask"
    batch: Batch | None = None
    paging: Paging = Field(default_factory=Paging)
    request: Element | None = None
    response: Response | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.status == "supported" and self.request is None:
            raise ValueError("a supported operation needs a request; write `status: unsupported` when there is none")
        if self.status == "supported" and self.evidence == "none":
            raise ValueError("nobody has seen this operation; write `status: unsupported`, or say where it was seen")
        return self


class Transport(Part):
    """argument, company_argument: the parameters' names, learned from the WSDL where they are not given.

    endpoint, timeout_s, max_concurrency: said here for readers; base_url, timeout_seconds and budget rule.
    """

    kind: Literal["soap11_xml_string"]
    endpoint: str | None = None
    wsdl_suffix: str = "/wsdl?targetURI=urn:omlink"
    service_suffix: str = ""
    namespace: str = "urn:omlink"
    operation: str = Field("wsomhandler", pattern=XmlName)
    company_operation: str = Field("comwsomhandler", pattern=XmlName)
    company_id: str | None = None
    argument: str | None = Field(None, pattern=XmlName)
    company_argument: str | None = Field(None, pattern=XmlName)
    soap_action: str = ""
    encoding: Literal["ISO-8859-1", "UTF-8", "US-ASCII"] = "ISO-8859-1"
    timeout_s: int | None = None
    max_concurrency: int | None = None


class Auth(Part):
    """The scheme is a setting; a mapping file holds no secrets."""

    scheme: Literal["none"] = "none"


class OkWhen(Part):
    path: str = Field(pattern=ValuePath)
    equals: str


class ErrorCode(Part):
    code: str
    retryable: bool = False


class ErrorRule(ErrorCode):
    contains: str = Field(min_length=1)


class Reply(Part):
    """How an answer says that all is well, and what its error texts mean. The first rule that fits counts."""

    ok_when: OkWhen
    error_text: str = Field(pattern=ValuePath)
    error_rules: list[ErrorRule] = Field(default_factory=list)
    error_default: ErrorCode
    fault: ErrorCode

    def error(self, text: str) -> ErrorCode:
        return next((rule for rule in self.error_rules if rule.contains in text), self.error_default)


class StockSemantics(Part):
    free_field: str
    semantics_confirmed: bool = False


class MappingFile(Part):
    mapping_version: Literal[1]
    contract: Literal["1.0"]
    system: Literal["prima"]
    profile: str
    transport: Transport
    auth: Auth = Field(default_factory=Auth)
    reply: Reply
    stock_semantics: StockSemantics
    tables: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    operations: Mapping[str, Operation]


def values_of(element: Element) -> Sequence[Value]:
    """Every value an element and those below it write."""
    return [*element.attrs.values(), *(value for child in element.children for value in values_of(child))]


def kind_of(value: Any) -> str:
    return {dict: "a block", list: "a list", str: "text", bool: "true or false", type(None): "nothing"}.get(
        type(value), "a number"
    )
