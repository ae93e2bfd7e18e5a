COPY public.firms (id, nip, ksef_token) FROM stdin;
1	5260250274	eZ1qJccYxAx17lKwCzqExs6khXvrWu37bkjmBXPl
2	7740001454	a2xj1A4Ef2jsmojpK6gSVYs6jKocAz30ySH1jfeP
\.
