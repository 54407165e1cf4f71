from tests.channels_app.test_x import profile, x  # noqa: F401 the fixtures
