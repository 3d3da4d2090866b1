"""How gunicorn serves Engage. `WEB_CONCURRENCY` sets the number of processes; each holds up to 20 database connections."""

from engage.settings import Settings

_settings = Settings.from_environment()

bind = f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
threads = 8
timeout = 30  # a request does one short transaction; one that hangs this long is stuck
graceful_timeout = 30
keepalive = 75  # longer than the usual proxy's, so that the proxy is the one to hang up
limit_request_line = 8190
limit_request_field_size = 8190
limit_request_fields = 60
control_socket_disable = True
