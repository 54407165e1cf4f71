"""The pages of those who write, translate, approve and arrange articles."""
