import {Text} from 'ink';
import type {ConsoleState} from '../src/console/state.js';
import {Frame} from './frame.js';

/** Something went wrong that nobody foresaw: this session ends, and the log knows why. */
export function CrashScreen({state, reference}: {state: ConsoleState; reference: string}) {
	return (
		<Frame state={state} prompt={<Text bold>Press Enter to end this session._</Text>} hint={<Text> </Text>}>
			<Text bold>This session ended because of a fault in the console.</Text>
			<Text> </Text>
			<Text>The audit log describes it under the reference {reference}.</Text>
			<Text>An installation that was under way is finished or undone at the next sign-in.</Text>
		</Frame>
	);
}
