"""When the certificate that a system shows ends."""

import asyncio
import contextlib
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 5.0


async def certificate_end(url: str, *, trusted: ssl.SSLContext | None = None) -> datetime | str:
    """The end of the certificate, or in words why it is not known: it does not answer, or shows one we would refuse.

    trusted: whom to trust; as the machine does when None.
    """
    parts, context = urlsplit(url), trusted or ssl.create_default_context()
    opened = asyncio.open_connection(parts.hostname, parts.port or 443, ssl=context)
    try:
        _, writer = await asyncio.wait_for(opened, TIMEOUT_SECONDS)
    except ssl.SSLCertVerificationError as error:
        return f"its certificate is refused: {error.verify_message}"
    except (OSError, TimeoutError) as error:
        return f"it does not answer: {error or type(error).__name__}"
    try:
        shown = writer.get_extra_info("peercert") or {}
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()
    ends = shown.get("notAfter")
    return "it shows none" if ends is None else datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
