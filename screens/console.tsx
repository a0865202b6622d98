import {Text} from 'ink';
import type {ConsoleState} from '../src/console/state.js';
import {CrashScreen} from './crash.js';
import {MenuScreen} from './menu.js';
import {ConversationScreen} from './conversation.js';

/** On a smaller terminal nothing useful can be shown. */
const smallest = {columns: 20, rows: 7};

/** Draws the console's state, and nothing else. */
export function Console({state}: {state: ConsoleState}) {
	const {view, columns, rows} = state;
	if (columns < smallest.columns || rows < smallest.rows) {
		return <Text wrap='truncate'>Make the terminal larger.</Text>;
	}

	switch (view.kind) {
		case 'menu': {
			return <MenuScreen state={state} view={view} />;
		}

		case 'conversation': {
			return <ConversationScreen state={state} view={view} />;
		}

		case 'crash': {
			return <CrashScreen state={state} reference={view.reference} />;
		}
	}
}
