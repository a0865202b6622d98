// TLS services on a host of host.ts, from Debian's own packages, and pairs for them.
import {mkdir, rm, writeFile} from 'node:fs/promises';
import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import type {Host} from './host.js';

/** A new pair for these names, with any clients' usage. */
export async function newPairFor(...hostnames: string[]): Promise<{certificate: string; key: string}> {
	const {certificate, key} = await selfSignedPair({hostnames, days: 90});
	return {certificate: String(certificate), key: String(key)};
}

export const nginxUnit = 'nginx.service';

const nginxSite = `server {
	listen 127.0.0.1:8443 ssl;
	server_name www.example.com;
	ssl_certificate /etc/tls/nginx.crt;
	ssl_certificate_key /etc/tls/nginx.key;
	location / { return 200 "served\\n"; }
}
`;

/** nginx with a pair in /etc/tls, not started. Systemd starts it again when it ends. Resolves with its key. */
export async function installNginx(host: Host): Promise<string> {
	const {certificate, key} = await newPairFor('www.example.com');
	await writeTls(host, 'nginx.crt', certificate);
	await writeTls(host, 'nginx.key', key, 0o600);
	const site = host.at('/etc/nginx/sites-enabled/default');
	await rm(site); // A link, by a path from the root: here it leads to a file of this machine.
	await writeFile(site, nginxSite);
	await writeUnitPart(host, nginxUnit, '[Service]\nRestart=on-failure\nRestartSec=1\n');
	return key;
}

/** Adds to a unit what is in `text`. */
export async function writeUnitPart(host: Host, unit: string, text: string): Promise<void> {
	await mkdir(host.at(`/etc/systemd/system/${unit}.d`), {recursive: true});
	await writeFile(host.at(`/etc/systemd/system/${unit}.d/test.conf`), text);
	await host.run(['systemctl', 'daemon-reload']);
}

/** Writes a file of /etc/tls. */
export async function writeTls(host: Host, name: string, text: string, mode = 0o644): Promise<void> {
	await mkdir(host.at('/etc/tls'), {recursive: true});
	await writeFile(host.at(`/etc/tls/${name}`), text, {mode});
}
