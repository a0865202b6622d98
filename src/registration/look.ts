// What a Tanium Server presents, before anything is sent to it.
import {isIPv4, isIPv6} from 'node:net';
import type {Endpoint, Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {describePlace, endpointOf, type Place} from '../appliance/server-places.js';
import {describeCertificate} from '../certificates/describe/describe-certificate.js';
import {isHostName, normalHost} from '../certificates/parse/host-names.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {hasCode, Problem} from '../problem.js';
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

/**
 * Connects to a Tanium Server. Rejects with Problem `no-answer`, or `certificate-not-current` when the certificate is not valid by the
 * clock of this appliance.
 */
export async function lookAt(layout: Layout, identity: Identity, place: Place): Promise<Seen> {
	const endpoint = await endpointOf(layout, identity, place);
	const certificate = await presentedAt(endpoint, place);
	const fingerprint = fingerprintOf(certificate);
	const {trustedTaniumServers} = await readTrust(layout);
	const {subject, notBefore, notAfter} = describeCertificate(certificate, new Date());
	assertCurrent(place, notBefore, notAfter);
	return {
		server: {place, endpoint, certificate},
		fingerprint,
		about: `${subject}, valid to ${notAfter.slice(0, 10)}`,
		isTrusted: trustedTaniumServers.includes(fingerprint),
	};
}

async function presentedAt(endpoint: Endpoint, place: Place): Promise<Buffer> {
	const where = describePlace(place);
	const hint = 'Check the name and the port (443 unless it is given), and that the Tanium Server runs there.';
	try {
		const [certificate] = await presentedBy(endpoint);
		if (certificate !== undefined) {
			return certificate;
		}
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		if (hasCode(error.cause, 'ENOTFOUND', 'EAI_AGAIN')) {
			const unknown = `There is no host ${place.name}: neither etc/hosts of this appliance nor DNS has its address.`;
			throw new Problem('no-answer', unknown, 'Check the name.', {cause: error});
		}

		throw new Problem('no-answer', `${where} cannot be reached. ${error.message}`, hint, {cause: error});
	}

	throw new Problem('no-answer', `${where} presents no certificate.`, hint);
}

/** The Module Server would refuse such a certificate even when trusted.crt held it. The times are in ISO 8601. */
function assertCurrent(place: Place, notBefore: string, notAfter: string): void {
	const now = new Date();
	const isExpired = now > new Date(notAfter);
	if (isExpired || now < new Date(notBefore)) {
		const validity = isExpired ? `has expired: it was valid to ${inUtc(notAfter)}` : `is not valid yet, but from ${inUtc(notBefore)}`;
		throw new Problem(
			'certificate-not-current',
			`${describePlace(place)} presents a certificate that ${validity}. This appliance's clock says ${inUtc(now.toISOString())}.`,
			'Set the clock, or install a certificate that is valid now on the Tanium Server (2-4). Then register again. Nothing was sent.',
		);
	}
}

function inUtc(time: string): string {
	return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Reads `HOST` or `HOST:PORT`; the port is 443 unless it is given, as in the document. Throws Problem `bad-place`. */
export function placeIn(text: string): Place {
	const word = text.trim();
	const colon = word.lastIndexOf(':');
	const [host, port] = colon === -1 ? [word, '443'] : [word.slice(0, colon), word.slice(colon + 1)];
	const wrong = faultOf(word, host, port);
	if (wrong !== undefined) {
		throw new Problem('bad-place', wrong, 'Give HOST or HOST:PORT, such as ts1.example.com or ts1.example.com:8443.');
	}

	return {name: normalHost(host), port: Number(port)};
}

function faultOf(word: string, host: string, port: string): string | undefined {
	const shown = JSON.stringify(word);
	if (word === '') {
		return 'No Tanium Server was named.';
	}

	if (word.includes('://')) {
		return `${shown} is a URL, not a host name with a port.`;
	}

	if (isIPv6(word.replace(/^\[(.*)\](?::.*)?$/, '$1'))) {
		return `${shown} is an IPv6 address. Appliances are reached by name or IPv4 address.`;
	}

	if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
		return `The port in ${shown} is not a number from 1 to 65535.`;
	}

	return isHost(host.replace(/\.$/, '')) ? undefined : `${shown} does not begin with a host name.`;
}

/** A name whose last label is a number would be taken for an address. */
function isHost(host: string): boolean {
	return isIPv4(host) || (isHostName(host, {underscores: true}) && !/(?:^|\.)\d+$/.test(host));
}
