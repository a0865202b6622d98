// Why a connection fails, as exactly as can be told from here, and what to do about it.
import {X509Certificate} from 'node:crypto';
import type {ServiceName} from '../services/service.js';
import type {Reason} from '../tls-refusal.js';

/** The appliances of a platform, as far as the words of a fix need them. */
export type Places = {
	/** The name of the appliance of each server that is not on this one. */
	elsewhere: Partial<Record<ServiceName, string>>;
	/** The name that the Tanium Server's certificate must have. */
	taniumServer: string;
	/** How the Module Server is registered again: menu and command. */
	register: string;
};

type Fault = {reason: Reason; at: ServiceName};

/** What a refused certificate is, and whether the other side's trust file holds it; undefined where that cannot be known. */
export type Judged = {certificate: Buffer | undefined; isListed: boolean | undefined};

/**
 * The reason as seen from here: which one a peer had that does not say, and `clock` when the clock of another appliance must be wrong,
 * because the certificate is valid by this one's.
 */
export function narrowed(reason: Reason, {certificate, isListed}: Judged, now: Date): Reason {
	const validity = certificate && validityOf(certificate, now);
	if (reason === 'expired') {
		return validity === 'valid' ? 'clock' : reason;
	}

	if (reason !== 'refused-by-peer') {
		return reason;
	}

	if (isListed === false) {
		return 'unknown-certificate';
	}

	return validity === undefined || validity === 'valid' ? reason : validity;
}

function validityOf(der: Buffer, now: Date): 'valid' | 'expired' | 'clock' | undefined {
	try {
		const {validFromDate, validToDate} = new X509Certificate(der);
		return now > validToDate ? 'expired' : now < validFromDate ? 'clock' : 'valid';
	} catch {
		return undefined;
	}
}

/** What to do, in one sentence or two. */
export function fixFor(fault: Fault, places: Places, now: Date): string {
	return fixes[fault.reason](fault, places, `${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`);
}

type Fix = (fault: Fault, places: Places, now: string) => string;

const registerAgain: Fix = (_, {register}) => `Register the Module Server again: ${register}.`;

const fixes: Readonly<Record<Reason, Fix>> = {
	'no-listener': ({at}, places) => `Start ${at}${where(at, places)}: 2-1, or service start ${at}.`,
	'no-answer': ({at}, places) => `Read the log of ${at}${where(at, places)} (3-L), then restart it: 2-1, or service restart ${at}.`,
	'no-certificate': ({at}, places) => `Restart ${at}${where(at, places)}: 2-1, or service restart ${at}.`,
	'other-certificate': ({at}, places) =>
		`Restart ${at}${where(at, places)}, which read its certificate when it started: 2-1, or service restart ${at}.`,
	'unknown-certificate': registerAgain,
	'not-registered': registerAgain,
	'refused-by-peer': ({at}, places) =>
		places.elsewhere.taniummoduleserver === undefined
			? `Read the log of ${at} (3-L). ${registerAgain({reason: 'refused-by-peer', at}, places, '')}`
			: `${places.elsewhere.taniummoduleserver} tells why (4 there): its clock, or its trusted.crt. To register it again: ${places.register}.`,
	expired: (fault, places, now) => `${newCertificate('that is valid now', fault, places)} The clock here says ${now}.`,
	clock: (_, __, now) => `Compare the clocks of the appliances: this one's says ${now}. Set the one that is wrong.`,
	'name-mismatch': (fault, places) => newCertificate(`whose Subject Alternative Name has ${places.taniumServer}`, fault, places),
	'untrusted-issuer': (fault, places) => newCertificate('with those of its issuers behind it', fault, places),
	'wrong-purpose': (fault, places) => newCertificate('for TLS Web Server and Client Authentication', fault, places),
};

function where(at: ServiceName, {elsewhere}: Places): string {
	return elsewhere[at] === undefined ? '' : ` on ${elsewhere[at]}`;
}

function newCertificate(which: string, {at}: Fault, places: Places): string {
	return at === 'taniumserver'
		? `Install a certificate ${which}${where(at, places)}: 2-4, or soap install.`
		: `Install an ssl.crt ${which}${where(at, places)}: 2-S, or ssl install. Then register: ${places.register}.`;
}
