// The three procedures for Windows in Tanium's document, "Securing Tanium Console, API, and Module Server access", as data: each is a
// list of steps in its order. docs/windows.md says for which sentence each step stands.

/** Where a step is done: on one server or on several. */
export type Place = 'primary' | 'secondary' | 'tanium-servers' | 'module-server';

/** Steps that belong to some calls only. */
export type Condition =
	/** The secondary Tanium Server has a certificate of its own. */
	| 'own-pair'
	/** Both Tanium Servers have the same certificate. */
	| 'shared-pair'
	/** No new certificate for the Module Server follows. */
	| 'registration';

export type Step = {
	/** What is to be done, without a full stop. */
	title: string;
	/** Absent when it is done on no server. */
	at?: Place;
	/** How it is done, in sentences. */
	how: readonly string[];
	/** The number of the step in the document's procedure, or the part of the document that it comes from. */
	document: string;
	/** What is true once it is done, for somebody who stops then. */
	standing?: string;
	/** Whether the commands that register the Module Server are shown. */
	registers?: true;
	/** Whether what the servers present is read over TLS afterwards. */
	proof?: true;
	only?: Condition;
};

export type Procedure = {
	title: string;
	/** The names of the files on the server, without `.crt` and `.key`. */
	files: 'SOAPServer' | 'ssl';
	steps: readonly Step[];
};

/** What no procedure can show from outside. */
export const unseen = [
	'trusted.crt on the Module Server and trusted-module-servers.crt on each Tanium Server: a registration writes them',
	'whether every service of the Module Server was restarted',
	'other copies of the new private key, and the backup of the old files',
] as const;

const window: Step = {
	title: 'Begin a maintenance window',
	how: ['Services are stopped and started, and nobody can use the Tanium Console meanwhile.'],
	document: 'introduction',
};

function bringFiles(at: Place, files: string): Step {
	return {
		title: 'Put the new files into a temporary folder of the server',
		at,
		how: [
			`Name them ${files}.crt, which holds the certificate followed by its chain, and ${files}.key.`,
			'Move the key by SCP or SFTP, never over SMB (a shared folder of Windows) or FTP. A key that was made on the server stays there.',
		],
		document: 'Obtain, 5',
	};
}

function backUp(at: Place, files: string): Step {
	return {
		title: `Back up the old ${files}.crt and ${files}.key`,
		at,
		how: ['Copy both from the installation folder to a folder that only administrators can open. They are the way back.'],
		document: '1',
	};
}

function copyFiles(at: Place, files: string, document: string): Step {
	return {
		title: `Copy the new ${files}.crt and ${files}.key to the installation folder`,
		at,
		how: ['They replace the old files.'],
		document,
	};
}

function deleteCopies(at: Place, files: string, document: string): Step {
	return {
		title: `Delete every other copy of the new ${files}.key`,
		at,
		how: ['In the temporary folder, on the machine where it was made, and on this machine. Only the installation folder keeps it.'],
		document,
	};
}

function stopServer(at: Place, document: string): Step {
	return {
		title: 'Stop the Tanium Server service',
		at,
		how: ['In the Windows Services application, right-click Tanium Server and select Stop.'],
		document,
		standing: 'The Tanium Server service is stopped. To go back, put the files of the backup in place, and start it.',
	};
}

function startServer(at: Place, document: string, standing: string): Step {
	return {
		title: 'Start the Tanium Server service',
		at,
		how: ['In the Windows Services application, right-click Tanium Server and select Start.'],
		document,
		standing,
		proof: true,
	};
}

/** Registering and restarting: the end of each procedure. */
function registration(documents: readonly [string, string, string], installer: string, only?: Condition): Step[] {
	const condition = only && {only};
	return [
		{
			title: 'Register the Module Server again',
			at: 'module-server',
			how: [
				'Run as an administrator, in the installation folder, and enter the name and password of a Tanium Console administrator:',
				`This writes trusted.crt and trusted-module-servers.crt anew. ${installer}`,
			],
			document: documents[0],
			standing: 'The Module Server is registered, but the services have not been restarted.',
			registers: true,
			...condition,
		},
		{
			title: 'Restart every Tanium service of the Module Server',
			at: 'module-server',
			how: ['Reboot it. Or select Restart for each Tanium service, also those of the solutions, in the Windows Services application.'],
			document: documents[1],
			standing: 'The services of the Module Server have been restarted, those of the Tanium Servers have not.',
			...condition,
		},
		{
			title: 'Restart the Tanium Server service',
			at: 'tanium-servers',
			how: ['In the Windows Services application, right-click Tanium Server and select Restart.'],
			document: documents[2],
			proof: true,
			...condition,
		},
	];
}

const notRegistered = 'A Tanium Server has a new certificate, and the Module Server has not been registered again.';
const installerAlone = 'Running the installer of the Module Server again does the same.';
const installerOfTwo = `${installerAlone.slice(0, -1)}, but for the primary Tanium Server only.`;
const installerOfAny = `${installerAlone.slice(0, -1)}, but for a standalone or the primary Tanium Server only.`;

/** "Update the Tanium Server certificate and key files in a standalone (non-HA) deployment". */
export const standaloneProcedure: Procedure = {
	title: 'Replace the certificate of a standalone Tanium Server',
	files: 'SOAPServer',
	steps: [
		window,
		bringFiles('primary', 'SOAPServer'),
		backUp('primary', 'SOAPServer'),
		stopServer('primary', '2'),
		copyFiles('primary', 'SOAPServer', '3'),
		deleteCopies('primary', 'SOAPServer', '3'),
		startServer('primary', '4', notRegistered),
		...registration(['5', '6', '7'], installerAlone, 'registration'),
	],
};

/** "Update the Tanium Server certificate and key files in an active-active deployment". */
export const activeActiveProcedure: Procedure = {
	title: 'Replace the certificates of two active-active Tanium Servers, one at a time',
	files: 'SOAPServer',
	steps: [
		window,
		bringFiles('primary', 'SOAPServer'),
		{...bringFiles('secondary', 'SOAPServer'), only: 'own-pair'},
		backUp('primary', 'SOAPServer'),
		stopServer('primary', '2'),
		copyFiles('primary', 'SOAPServer', '3'),
		deleteCopies('primary', 'SOAPServer', '3'),
		startServer('primary', '4', `${notRegistered} The secondary Tanium Server has its old certificate.`),
		backUp('secondary', 'SOAPServer'),
		stopServer('secondary', '5'),
		{...copyFiles('secondary', 'SOAPServer', '6'), only: 'own-pair'},
		{
			...copyFiles('secondary', 'SOAPServer', '6'),
			how: [
				'Take them from the installation folder of the primary Tanium Server. They replace the old files.',
				'Copy the key by SCP or SFTP, never over SMB (a shared folder of Windows) or FTP.',
			],
			only: 'shared-pair',
		},
		deleteCopies('secondary', 'SOAPServer', '6'),
		startServer('secondary', '7', notRegistered),
		...registration(['8', '9', '10'], installerOfTwo, 'registration'),
	],
};

/** "Update the Module Server certificates and key files". */
export const moduleServerProcedure: Procedure = {
	title: 'Replace the certificate of the Module Server',
	files: 'ssl',
	steps: [
		window,
		bringFiles('module-server', 'ssl'),
		backUp('module-server', 'ssl'),
		{
			title: 'Stop every Tanium service of the Module Server',
			at: 'module-server',
			how: ['In the Windows Services application, select Stop for Tanium Module Server and for each Tanium solution and shared service.'],
			document: '2',
			standing: 'The services of the Module Server are stopped. To go back, put the files of the backup in place, and start them.',
		},
		copyFiles('module-server', 'ssl', '3'),
		deleteCopies('module-server', 'ssl', '3'),
		{
			title: 'Make sure that the Tanium Server service runs',
			at: 'tanium-servers',
			how: ['A Module Server can be registered only with a Tanium Server that runs.'],
			document: 'introduction',
			proof: true,
		},
		...registration(['4', '5', '6'], installerOfAny).map((step, index) => (index === 1 ? {...step, proof: true as const} : step)),
	],
};
