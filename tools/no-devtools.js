// Replaces react-devtools-core in the bundle: Ink imports it only when DEV=true, but a bundle would always load it.
export default {initialize() {}, connectToDevTools() {}};
