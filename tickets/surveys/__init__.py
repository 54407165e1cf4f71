"""Surveys: whom we ask how they were served, when, by which words, and what comes of each answer.

`planning` hears of solved tickets and chats that end, `asking` sends what is due, `answering` takes what people say,
and the answers are Ratings like those of the portal and the chat.
"""
