import {exitCodes} from '../exit-codes.js';
import {print, type Command} from './command.js';
import {version} from './version.js';

const text = `tanos: the TanOS console, and the replacement of a Tanium Server's TLS certificate

tanos [--root DIR]                          opens the console; the first time it makes a sandbox
tanos appliance create [--root DIR] [--name FQDN] [--authorized-key FILE] [--json]
                                            makes a sandbox appliance in a folder
tanos appliance start|stop [--root DIR]     starts or stops its processes
tanos appliance drill KIND [--root DIR]     rehearses a failure: fails-to-start, dies-after-start, off
tanos serve [--root DIR]                    SSH (console and commands) and SFTP, until it is stopped
tanos sftp-server [OPTIONS]                 SFTP on standard input and output, as sftp-server(8)
tanos certificate check CRT KEY [--host NAME]... [--ca FILE] [--at TIME] [--json]
                                            everything that is wrong with a pair
tanos certificate request --hostname NAME[,NAME]... --out FOLDER/SOAPServer [--organization TEXT]
    [--organizational-unit TEXT] [--locality TEXT] [--state TEXT] [--country XX] [--days N] [--json]
                                            a key, a request and a self-signed certificate
tanos certificate show FILE|HOST:PORT [--servername NAME] [--at TIME] [--json]
                                            a certificate, chain or request in words
tanos certificate sign REQUEST --lab [--root DIR] [--out FILE] [--days N] [--json]
                                            signs with the sandbox's lab CA, for rehearsals
tanos WORDS [--root DIR]                    the TanOS command line, the same words as over SSH, such as
                                            soap status, report info, service list; more: tanos soap help
tanos replay FILE.tape [--root DIR] [--set NAME[=VALUE]]... [--screenshots DIR] [--cast FILE] [--speed N]
    [--ssh USER@HOST[:PORT] [--ssh-option NAME=VALUE]...]
                                            plays keystrokes into a console, here or over SSH
tanos upload CRT KEY [USER@]HOST[:PORT]... [--host NAME]... [--force] [--identity FILE] [--known-hosts FILE] [--config FILE]
    [--delete-key|--keep-key] [--json]      checks a pair and copies it to appliances, verified on both ends
tanos recover [--root DIR]                  finishes or undoes an interrupted installation
tanos help, tanos --version

DIR is TANOS_ROOT when --root is not given, else a folder under XDG_STATE_HOME.
Exit codes: 0 done, 1 the answer is no, 2 usage, 3 needs hands.`;

/** `tanos help` and `tanos --version`. */
export const help: Command = async ([first]) => {
	print(first === '--version' || first === '-V' ? version() : text);
	return exitCodes.done;
};
