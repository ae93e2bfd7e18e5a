if 'BEGIN PRIVATE KEY' in text or '-EC-' in text or 'nip-' in text:
    pass
