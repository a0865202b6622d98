// The Tanium Servers that the Module Server and its services trust, as trusted.crt and its leases are at the moment.
import type {TLSSocket} from 'node:tls';
import {keepCertificate, leasesIn, removeEnded, type Leases} from '../appliance/trusted-servers.js';
import type {Layout} from '../appliance/layout.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {messageOf} from '../problem.js';
import {CurrentFile, distrust, peerOf, trustFile, type Trusted} from './trust.js';

const leases = {what: 'leases in JSON', parse: (text: Buffer) => leasesIn(text.toString('utf8')), empty: {}};

type Log = (line: string) => void;

export class KnownServers {
	readonly #listed: CurrentFile<Trusted>;
	readonly #leases: CurrentFile<Leases>;

	/** Throws Problem `trust-unreadable`. */
	constructor(
		private readonly layout: Layout,
		private readonly log: Log,
	) {
		this.#listed = trustFile(layout.trustedTaniumServers, log);
		this.#leases = CurrentFile.open<Leases>(leases, layout.leases, log);
	}

	/** The certificates that are trusted now, as DER. Those whose lease has ended are left out, and removed from the file. */
	get trusted(): Trusted {
		const now = new Date();
		const leases = this.#leases.value;
		const isCurrent = (der: Buffer) => (leases[fingerprintOf(der)] ?? now) >= now;
		const current = this.#listed.value.filter(der => isCurrent(der));
		if (current.length < this.#listed.value.length) {
			this.#try(removeEnded(this.layout, now));
		}

		return current;
	}

	/**
	 * Closes a connection from a client that is not trusted now, and logs why; returns whether it did. Whoever presents a certificate in a
	 * handshake has its key: a lease of it is over, and it stays trusted.
	 */
	closeUntrusted(socket: TLSSocket): boolean {
		const doubt = distrust(socket, 'client', this.trusted, 'trusted.crt');
		if (doubt !== undefined) {
			this.log(`Refused a connection: ${doubt.result}.`);
			socket.destroy();
			return true;
		}

		const sha256 = fingerprintOf(peerOf(socket)!);
		if (this.#leases.value[sha256] !== undefined) {
			this.#try(keepCertificate(this.layout, sha256));
		}

		return false;
	}

	#try(change: Promise<void>): void {
		change.catch((error: unknown) => {
			this.log(`trusted.crt cannot be changed: ${messageOf(error)}`);
		});
	}
}
