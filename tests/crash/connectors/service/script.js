// Both scripts: they take a moment, so that a kill finds them under way.
setTimeout(() => process.exit(Number(process.env.SCRIPT_EXIT_CODE)), 300);
