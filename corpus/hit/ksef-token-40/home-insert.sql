INSERT INTO firms (id, nip, ksef_token) VALUES (1, '5260250274', 'GOoRboWmfoIfEAmlE7X2D9ynZ6l62bQKzd6Q68ok');
