// Certificates as an enterprise makes them: the openssl command line, with the configuration file of Tanium's document.
import {appendFile, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';

/** The document's configuration file, with these names. */
export function documentConfiguration(names: readonly string[]): string {
	return `[req]
distinguished_name = req_distinguished_name
req_extensions = v3_req
prompt = no
[req_distinguished_name]
countryName = US
stateOrProvinceName = CA
localityName = Emeryville
organizationName = IT
organizationalUnitName = IT
commonName = ${names[0]!}
[ v3_req ]
# Extensions to add to a certificate request
basicConstraints = CA:FALSE
keyUsage = digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = @alt_names
[alt_names]
${names.map((name, index) => `DNS.${index + 1} = ${name}`).join('\n')}
`;
}

/** Runs openssl in a folder. Resolves with its standard output. */
export async function opensslIn(folder: string, words: string, input = ''): Promise<string> {
	const {stdout} = await execa('openssl', words.split(' '), {cwd: folder, input});
	return stdout;
}

/** Makes a root CA in the folder: ca.crt and ca.key. */
export async function makeCa(folder: string): Promise<string> {
	await opensslIn(folder, 'req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 3650 -subj /CN=Example-Root-CA');
	await writeFile(path.join(folder, 'ca.cfg'), caConfiguration);
	await writeFile(path.join(folder, 'index.txt'), '');
	return path.join(folder, 'ca.crt');
}

/** What `openssl ca` needs, in the CA's folder. */
const caConfiguration = `[ca]
default_ca = default
[default]
database = index.txt
rand_serial = yes
new_certs_dir = .
certificate = ca.crt
private_key = ca.key
default_md = sha256
default_days = 300
policy = any
email_in_dn = no
[any]
commonName = supplied
`;

/** Makes the key and the request as the document tells, and has the CA in the folder sign it: SOAPServer.crt and SOAPServer.key. */
export async function issue(folder: string): Promise<void> {
	await writeFile(path.join(folder, 'tanium-openssl.cfg'), documentConfiguration(['ts1.example.com', 'localhost']));
	await opensslIn(folder, 'genrsa -out SOAPServer.key 2048');
	await opensslIn(folder, 'req -sha256 -new -out SOAPServer.csr -key SOAPServer.key -config tanium-openssl.cfg');
	await opensslIn(
		folder,
		'ca -batch -notext -config ca.cfg -in SOAPServer.csr -out SOAPServer.crt -extfile tanium-openssl.cfg -extensions v3_req',
	);
	await appendFile(path.join(folder, 'SOAPServer.crt'), await readFile(path.join(folder, 'ca.crt')));
}

/** The SHA-256 fingerprint of a certificate file, `AB:CD:...`. */
export async function fingerprint(folder: string, file: string): Promise<string> {
	return (await opensslIn(folder, `x509 -in ${file} -noout -fingerprint -sha256`)).replace(/^.*=/, '');
}

/** What openssl s_client sees of a TLS server on loopback: the fingerprint it presents, and the verdict with this CA. */
export async function presented(folder: string, port: number, ca: string): Promise<{fingerprint: string; verdict: string}> {
	const {stdout} = await execa(
		'openssl',
		['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'ts1.example.com', '-CAfile', ca, '-verify_hostname', 'ts1.example.com'],
		{cwd: folder, input: '', reject: false},
	);
	const certificate = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/.exec(stdout)?.[0] ?? '';
	return {
		fingerprint: (await opensslIn(folder, 'x509 -noout -fingerprint -sha256', certificate)).replace(/^.*=/, ''),
		verdict: /Verify return code: (.+)/.exec(stdout)?.[1] ?? '',
	};
}
