import type {AuthenticationType, Client} from 'ssh2';

type Refused = (protocol: unknown, offered: AuthenticationType[], isPartial: boolean) => void;

/**
 * Calls the listener with the methods that a host goes on with after each refusal, and whether it has accepted the attempt as one of
 * several that it wants. To be called once the client connects. ssh2 1.17 passes neither on after a key: it would go on with the methods
 * from before, and never try the password that a host wants beside a key.
 */
export function onRefusal(client: Client, listener: (offered: AuthenticationType[], isPartial: boolean) => void): void {
	const {_handlers: handlers} = (client as Client & {_protocol: {_handlers: {USERAUTH_FAILURE: Refused}}})._protocol;
	const handle = handlers.USERAUTH_FAILURE;
	handlers.USERAUTH_FAILURE = (protocol, offered, isPartial) => {
		listener(offered, isPartial);
		handle(protocol, offered, isPartial);
	};
}
