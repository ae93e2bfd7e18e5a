#!/bin/sh
curl -s -X POST -d '{"token":"20261004-EC-045BCF3000-6EFBD2F299-DB|nip-6834516603|b1dd7a5a5d904f27b782fe6e2cc62b5310a3332087124678bff57d6962d08ced"}' https://api.ksef.mf.gov.pl/v2/auth/ksef-token
