import { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { createConnection } from 'mysql2/promise';
import { createHash, randomUUID } from 'crypto';
import { writeFile } from 'fs/promises';
import got from 'got';

const database = createConnection({ uri: process.env.DATABASE_URL });

const json = (statusCode: number, body: unknown): APIGatewayProxyResult => ({ statusCode, body: JSON.stringify(body) });

export const find = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
  const name = event.queryStringParameters?.name ?? '';
  const [rows] = await (await database).query("SELECT * FROM shops WHERE name = '" + name + "'"); // finds: js-sql-injection
  return json(200, rows);
};

export const findSafely = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
  const [rows] = await (await database).execute('SELECT * FROM shops WHERE name = ?', [event.queryStringParameters?.name]);
  return json(200, rows);
};

export const forward = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
  const { target, order } = JSON.parse(event.body ?? '{}');
  const answer = await got.post(target, { json: order, timeout: { request: 3000 } }); // finds: js-ssrf
  return json(answer.statusCode, { forwarded: true });
};

export const store = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
  const etag = createHash('md5').update(event.body ?? '').digest('hex'); // finds: js-weak-hash
  const file = `/tmp/${randomUUID()}.json`;
  await writeFile(file, event.body ?? '');
  await writeFile('/tmp/last.json', event.body ?? ''); // finds: js-unsafe-temp-file
  return json(200, { etag });
};

export const debug = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
  console.log('event', event.headers.Authorization); // finds: js-secret-logged
  return json(200, { env: process.env.NODE_ENV, region: process.env.AWS_REGION });
};
