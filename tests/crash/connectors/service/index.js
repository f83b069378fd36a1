// Listens a moment after its start, so that a kill finds starts under way.
import { createServer } from 'node:http';

const { GREETING, TOKEN } = process.env;

const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ greeting: GREETING, token: TOKEN }));
});

setTimeout(() => server.listen(8080), 300);
process.once('SIGTERM', () => process.exit());
