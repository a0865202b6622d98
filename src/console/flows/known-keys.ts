import {readFile, stat} from 'node:fs/promises';
import {describeFile} from '../../appliance/certificate-file.js';
import {savedRequests} from '../../appliance/requests.js';
import type {SavedKey} from '../../certificates/check.js';
import type {CertificateDescription} from '../../certificates/describe/describe-certificate.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {sha256, type PairSource} from '../../installation/change.js';
import {ifPresent} from '../../if-present.js';
import {installedFiles, soap, type Target} from '../../installation/target.js';
import type {ConsoleSession} from '../environment.js';

/** A key on the appliance: that of a saved request, or the installed one. */
export type KnownKey = SavedKey & {
	file: string;
	/** Whether it is a copy that is no longer needed once it is installed. */
	isCopy: boolean;
};

export type KnownKeys = {
	all: KnownKey[];
	/** The installed certificate, if it can be read. */
	installed: CertificateDescription | undefined;
};

/** Every key on the appliance that may belong to a new pair for this target, by default the Tanium Server's. */
export async function knownKeys({layout, now}: ConsoleSession, target: Target = soap): Promise<KnownKeys> {
	const files = installedFiles(layout, target);
	const saved = (await savedRequests(layout)).map(({id, words, keyFile}): KnownKey => ({
		name: `the key of the saved request ${id}`,
		publicKeyFingerprint: words.publicKeyFingerprint,
		file: keyFile,
		isCopy: true,
	}));
	const installed = await describeFile(files.certificate, now());
	const inService: KnownKey[] =
		installed === undefined
			? []
			: [
					{
						name: 'the installed key',
						publicKeyFingerprint: installed.publicKeyFingerprint,
						file: files.key,
						isCopy: false,
					},
				];
	return {all: [...saved, ...inService], installed};
}

/** Reads a known key as if it had been uploaded under this name. */
export async function takeKnownKey({file, isCopy}: KnownKey, name: string): Promise<{key: UploadedFile; origins: PairSource[]}> {
	const bytes = await readFile(file);
	return {key: {name, state: 'read', bytes, links: 1, mode: 0o600}, origins: isCopy ? [{file, sha256: sha256(bytes)}] : []};
}

/** The file with the key of a certificate: `usual` if it is there, else the known key with the same public key, else `usual`. */
export async function keyFileFor(session: ConsoleSession, certificate: string, usual: string): Promise<string> {
	if ((await ifPresent(async () => stat(usual))) !== undefined) {
		return usual;
	}

	const leaf = await describeFile(certificate, session.now());
	const known = leaf && (await knownKeys(session)).all.find(key => key.publicKeyFingerprint === leaf.publicKeyFingerprint);
	return known?.file ?? usual;
}
