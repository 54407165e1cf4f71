"""The two embedded servers. Who may use them and for how long is `helpdesk.embedded`'s business."""

from helpdesk.engines.postgres import PostgresEngine
from helpdesk.engines.tools import EngineError, private_directory, runtime_directory
from helpdesk.engines.valkey import ValkeyEngine

__all__ = ["EngineError", "PostgresEngine", "ValkeyEngine", "private_directory", "runtime_directory"]
