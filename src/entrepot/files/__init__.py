"""The bytes of attachments: where they lie on disk and what they are."""
