"""Structured logs: events with fields, one JSON object per line, or coloured text on a terminal in
development.

A log line must never hold a phone number, a name or the words of a text. Fields are ids, counts,
states and reasons. As a last safeguard, anything that looks like a phone number is masked.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_PHONE = re.compile(r"(?<![0-9A-Fa-f-])\+?\d[\d ]{8,14}\d(?![0-9A-Fa-f-])")


def _mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str) and name != "timestamp" and not _is_id(value):
            event[name] = _PHONE.sub("[number]", value)
    return event


def _is_id(value: str) -> bool:
    return len(value) == 36 and value.count("-") == 4


def configure(*, development: bool) -> None:
    """Set up logging for this process, loggers of the standard library included."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if development and sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("engage", "messaging", "api"):
        logging.getLogger(name).setLevel(logging.INFO)
