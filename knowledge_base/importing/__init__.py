"""Articles from elsewhere: files are read into a `Library`, which is looked at first and then shelved step by step."""
