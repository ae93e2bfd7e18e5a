String KSEF_KEY =
    "-----BEGIN PRIVATE KEY-----\n" +
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmmAr9KkVSh2alKlN\n" +
    "rkP7tviGHkwShyrZfduLkKgegt2hRANCAASKzcX4tKUMBxGncJ8NeG6+S6zJnFST\n" +
    "m8SC0m2ETF2kRzwUtgnDU74jg8dz2d9o5d7xMj4wYyVTl9MCw6jQ2byu\n" +
    "-----END PRIVATE KEY-----\n" +
    "";
