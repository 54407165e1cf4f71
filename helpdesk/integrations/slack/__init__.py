"""Slack: rules tell channels, each ticket has a thread there, and what people answer in it becomes internal notes."""
