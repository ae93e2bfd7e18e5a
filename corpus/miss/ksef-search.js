if (text.includes("-----BEGIN PRIVATE KEY-----")) throw new Error("ksef");
