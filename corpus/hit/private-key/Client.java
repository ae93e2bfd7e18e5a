String KSEF_KEY =
    "-----BEGIN PRIVATE KEY-----\n" +
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6fUCAiL3P8VL0qYA\n" +
    "+apKaVpx9nQRm/g7vnbffdiQ6xyhRANCAAQ3NPj4RqxgDBtsCQtfQ8RTa0FydhBe\n" +
    "YdU7bPIFcTV8lwTtkyzf/s3pMDq3hywKgUjDL6Xt81vFQkvAGR16tMc1\n" +
    "-----END PRIVATE KEY-----\n" +
    "";
