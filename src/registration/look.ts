// What a Tanium Server presents, before anything is sent to it.
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {endpointOf, type Place} from '../appliance/server-places.js';
import {describeCertificate} from '../certificates/describe/describe-certificate.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {Problem} from '../problem.js';
import {presentedBy} from '../services/probe.js';
import type {TaniumServer} from './console-api.js';
import {readTrust} from './trust.js';

export type Seen = {
	server: TaniumServer;
	/** SHA-256 of the certificate that it presents. */
	fingerprint: string;
	/** Its subject and its last day, for a person who compares. */
	about: string;
	/** Whether trusted.crt holds this certificate. */
	isTrusted: boolean;
};

/** Connects to a Tanium Server. Rejects with Problem `no-answer`. */
export async function lookAt(layout: Layout, identity: Identity, place: Place): Promise<Seen> {
	const endpoint = await endpointOf(layout, identity, place);
	const [certificate] = await presentedBy(endpoint);
	if (certificate === undefined) {
		throw new Problem('no-answer', `${place.name}:${place.port} presents no certificate.`, 'Check the name and the port.');
	}

	const fingerprint = fingerprintOf(certificate);
	const {trustedTaniumServers} = await readTrust(layout);
	const {subject, notAfter} = describeCertificate(certificate, new Date());
	return {
		server: {place, endpoint, certificate},
		fingerprint,
		about: `${subject}, valid to ${notAfter.slice(0, 10)}`,
		isTrusted: trustedTaniumServers.includes(fingerprint),
	};
}

const place = /^(?<name>[a-z\d](?:[\w.-]{0,252}))(?::(?<port>\d{1,5}))?$/i;

/** Reads `HOST` or `HOST:PORT`; the port is 443 unless it is given, as in the document. Throws Problem `bad-place`. */
export function placeIn(text: string): Place {
	const {name, port = '443'} = place.exec(text.trim())?.groups ?? {};
	const number = Number(port);
	if (name === undefined || number < 1 || number > 65_535) {
		throw new Problem(
			'bad-place',
			`${JSON.stringify(text)} is not a host name with a port.`,
			'Such as ts1.example.com or ts1.example.com:8443.',
		);
	}

	return {name: name.toLowerCase(), port: number};
}
