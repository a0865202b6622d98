import type {ConsoleState} from '../src/console/state.js';
import {CrashScreen} from './crash.js';
import {MenuScreen} from './menu.js';
import {TalkScreen} from './talk.js';

/** Draws the console's state, and nothing else. */
export function Console({state}: {state: ConsoleState}) {
	const {view} = state;
	switch (view.kind) {
		case 'menu': {
			return <MenuScreen state={state} view={view}/>;
		}

		case 'talk': {
			return <TalkScreen state={state} view={view}/>;
		}

		case 'crash': {
			return <CrashScreen state={state} reference={view.reference}/>;
		}
	}
}
