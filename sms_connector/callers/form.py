"""Bodies of services that send either JSON or an HTML form."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from ..errors import invalid_request
from ..web.http import Request

_FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 100


def fields_of(request: Request) -> Mapping[str, object]:
    """Return the fields of a form if ``Content-Type`` says so, else those of a JSON object.

    A field that a form has more than once is a list, and so not valid where one text is needed. A
    space at the start is read as the plus sign that it was: not all encode that of a number.
    Raises ConnectorError (``invalid_request_parameters``).
    """
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != _FORM:
        return request.fields
    if request.body is None:
        raise invalid_request("The request is not a valid form.")
    text = request.body.decode(errors="replace")
    try:
        found = parse_qs(
            text, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise invalid_request(f"The form has more than {_MOST_FIELDS} fields.") from None
    return {
        name: _text(values[0]) if len(values) == 1 else values for name, values in found.items()
    }


def _text(value: str) -> str:
    # Without it, +1 312 345 6789 would be the mainland's 131 2345 6789: somebody else's number.
    return f"+{value[1:]}" if value.startswith(" ") else value
