import {asInstalled} from '../../installation/as-installed.js';
import {describeFile} from '../../appliance/certificate-file.js';
import {zeroizeUpload} from '../../appliance/uploads.js';
import {checkPair, type CheckResult} from '../../certificates/check.js';
import type {PairBytes} from '../../installation/pair-bytes.js';
import {installedOn, requiredNames, type HostTarget} from '../../installation/host-target.js';
import {hostTarget} from '../../installation/target.js';
import {readLocal} from '../local-file.js';

/** A new pair that was checked by the target's policy, as it would be installed. */
export type CheckedPair = {result: CheckResult; fresh?: PairBytes};

/** Checks two files as a new pair for this target. The key bytes of `fresh` are the caller's to zero. */
export async function checkNewPair(target: HostTarget, files: {certificate: string; key: string}): Promise<CheckedPair> {
	const [certificate, key] = [await readLocal(files.certificate), await readLocal(files.key)];
	const installed = await describeFile(installedOn(target).certificate, new Date()); // `host check` says what is wrong with it.
	const result = checkPair(certificate, key, {
		hosts: requiredNames(target),
		at: new Date(),
		policy: target.policy,
		...(installed && {installed}),
	});
	const fresh = result.pair && asInstalled(hostTarget(target), result.pair);
	if (fresh?.key !== result.pair?.key || !fresh) {
		zeroizeUpload(key);
	}

	return {result, ...(fresh && {fresh})};
}
