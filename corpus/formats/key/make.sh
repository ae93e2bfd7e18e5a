#!/bin/sh
# Generates the keys, certificates and stores in this folder, each for these tests alone. Needs openssl 3, keytool, python3,
# ssh-keygen and puttygen. The password is `needle-password`.
set -eu
cd "$(dirname "$0")"
pass=needle-password
quiet() { "$@" >/dev/null 2>&1; }

openssl genrsa -traditional -out rsa.pem 2048 2>/dev/null
openssl genrsa -traditional -out rsa-1024.pem 1024 2>/dev/null
openssl ecparam -name prime256v1 -genkey -noout -out ec.pem
openssl genpkey -algorithm ed25519 -out ed25519.pem
openssl genpkey -algorithm x25519 -out x25519.pem
openssl genrsa -traditional -out rsa-512.pem 512 2>/dev/null
openssl genrsa -traditional -3 -out rsa-e3.pem 1024 2>/dev/null
openssl genrsa -traditional -primes 3 -out rsa-3.pem 2048 2>/dev/null
openssl ecparam -name secp384r1 -genkey -noout -out p384.pem
openssl ecparam -name secp521r1 -genkey -noout -out p521.pem
openssl ecparam -name secp256k1 -genkey -noout -out k256.pem

for key in rsa ec ed25519; do
  openssl pkey -in $key.pem -pubout -outform DER -out $key.spki
  openssl pkcs8 -topk8 -nocrypt -in $key.pem -out $key.p8.pem
done
openssl pkey -in rsa-1024.pem -pubout -outform DER -out rsa-1024.spki
openssl pkcs8 -topk8 -in ec.pem -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 2048 -passout pass:$pass -out ec.pbes2.pem
openssl pkcs8 -topk8 -in ec.pem -scrypt -passout pass:$pass -out ec.scrypt.pem
openssl pkcs8 -topk8 -in ec.pem -v2 des3 -v2prf hmacWithSHA1 -passout pass:$pass -out ec.pbes2-3des.pem
openssl pkcs8 -topk8 -in ec.pem -v2 aes-128-cbc -v2prf hmacWithSHA512 -passout pass:$pass -out ec.pbes2-sha512.pem
for scheme in PBE-MD5-DES PBE-SHA1-DES PBE-MD5-RC2-64 PBE-SHA1-RC2-64 PBE-SHA1-3DES PBE-SHA1-2DES PBE-SHA1-RC2-40 PBE-SHA1-RC2-128 PBE-SHA1-RC4-40 PBE-SHA1-RC4-128; do
  openssl pkcs8 -topk8 -in ec.pem -v1 $scheme -provider legacy -provider default -passout pass:$pass -out ec.$scheme.pem
done
for cipher in des des3 aes128 aes192 aes256; do
  openssl rsa -provider legacy -provider default -in rsa-1024.pem -traditional -$cipher -passout pass:$pass -out rsa-1024.$cipher.pem 2>/dev/null
done
openssl ec -in ec.pem -aes128 -passout pass:$pass -out ec.aes128.pem 2>/dev/null
openssl rsa -in rsa-1024.pem -outform PVK -pvk-none -out rsa-1024.pvk 2>/dev/null
openssl rsa -provider legacy -provider default -in rsa-1024.pem -outform PVK -pvk-strong -passout pass:$pass -out rsa-1024.strong.pvk 2>/dev/null
openssl rsa -provider legacy -provider default -in rsa-1024.pem -outform PVK -pvk-weak -passout pass:$pass -out rsa-1024.weak.pvk 2>/dev/null
openssl rsa -in rsa-1024.pem -outform MSBLOB -out rsa-1024.blob 2>/dev/null

# Authorities in the style of the test and production ones, and what they issue.
certify() { # name issuer-cn issuer-o key subject usage serial
  openssl ecparam -name prime256v1 -genkey -noout -out authority.pem
  openssl req -x509 -new -utf8 -key authority.pem -subj "/CN=$2/OU=Krajowa Administracja Skarbowa/O=$3/C=PL" -days 3650 -out authority.crt
  openssl req -new -utf8 -key $4.pem -subj "$5" -out request.csr
  printf 'keyUsage=critical,%s\n' "$6" > extensions
  openssl x509 -req -in request.csr -CA authority.crt -CAkey authority.pem -set_serial 0x$7 -days 730 -extfile extensions -out $1.crt 2>/dev/null
  rm -f authority.pem authority.crt request.csr extensions
}
certify company 'TEST CCK KSeF' 'Ministerstwo Finansów' ec '/C=PL/O=Needle/organizationIdentifier=VATPL-5265877635/CN=Needle' digitalSignature 0123456789ABCDEF
certify person 'CCK KSeF' 'Ministerstwo Finansow' rsa '/C=PL/GN=Igla/SN=Stog/serialNumber=PNOPL-44051401359/CN=Igla Stog' nonRepudiation 0223456789ABCDEF
certify other 'Needle CA' 'Needle' rsa-1024 '/C=PL/serialNumber=TINPL-5265877635/CN=Igla' digitalSignature 05
openssl req -new -key ec.pem -subj /CN=needle -out request.csr.pem

store() { openssl pkcs12 -export -provider legacy -provider default -inkey $1.pem -in $2.crt -passout pass:$pass -out "$3" -name needle $4; }
store ec company modern.p12 ''
store ec company legacy.p12 '-legacy'
store ec company triple.p12 '-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1'
store rsa-1024 other sha512.p12 '-macalg sha512 -iter 100'
store ec company nomac.p12 '-nomac'
store ec company open.p12 '-keypbe NONE -certpbe NONE'
openssl pkcs12 -export -inkey ec.pem -in company.crt -passout pass: -out empty.p12
openssl pkcs12 -export -nokeys -in company.crt -passout pass:$pass -out certificates.p12
quiet keytool -importkeystore -srckeystore modern.p12 -srcstoretype PKCS12 -srcstorepass $pass -destkeystore store.jks -deststoretype JKS -deststorepass $pass
quiet keytool -importkeystore -srckeystore modern.p12 -srcstoretype PKCS12 -srcstorepass $pass -destkeystore store.jceks -deststoretype JCEKS -deststorepass $pass
quiet keytool -importkeystore -srckeystore modern.p12 -srcstoretype PKCS12 -srcstorepass $pass -destkeystore java.p12 -deststoretype PKCS12 -deststorepass $pass
quiet keytool -importcert -noprompt -alias needle -file company.crt -keystore trust.jks -storetype JKS -storepass $pass

for key in rsa ec ed25519; do
  case $key in rsa) type='-t rsa -b 2048';; ec) type='-t ecdsa -b 256';; *) type="-t $key";; esac
  rm -f ssh-$key ssh-$key.pub ssh-$key-sealed ssh-$key-sealed.pub
  quiet ssh-keygen $type -N '' -C needle -f ssh-$key
  cp ssh-$key ssh-$key-sealed && quiet ssh-keygen -p -P '' -N $pass -a 1 -f ssh-$key-sealed
  printf %s $pass > word
  printf '' > none
  puttygen ssh-$key -O private --ppk-param version=2 --new-passphrase none -o $key.2.ppk
  puttygen ssh-$key -O private --ppk-param version=3 --new-passphrase none -o $key.3.ppk
  puttygen ssh-$key -O private --ppk-param version=2 --new-passphrase word -o $key.2-sealed.ppk
  puttygen ssh-$key -O private --ppk-param version=3,memory=1024,passes=2 --new-passphrase word -o $key.3-sealed.ppk
  case $key in ed25519) puttygen ssh-$key -O public-openssh -o ssh-$key.pub;; *) ssh-keygen -e -m PKCS8 -f ssh-$key | openssl pkey -pubin -outform DER -out ssh-$key.spki;; esac
  rm -f ssh-$key.pub ssh-$key-sealed.pub word none
done
python3 make.py
