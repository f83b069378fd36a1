import { Request, Response } from 'express';
import knex from 'knex';
import { logger } from '../utils/logger.utils';
import { allProducts } from '../products';

const db = knex({ client: 'mysql2', connection: process.env.DATABASE_URL });

async function stockOf(sku: string): Promise<number> {
  const row = await db('stock').where({ sku }).first();
  return row?.amount ?? 0;
}

async function stockLike(prefix: string) {
  return db('stock').whereRaw(`sku like '${prefix}%'`); // finds: js-sql-raw-fragment
}

async function stockLikeSafely(prefix: string) {
  return db('stock').whereRaw('sku like ?', [`${prefix}%`]); // clean
}

export const post = async (_request: Request, response: Response): Promise<void> => {
  const started = Date.now();
  let checked = 0;
  for await (const product of allProducts({ where: `masterData(published=true)` })) {
    const amount = await stockOf(product.sku);
    if (amount < 1) {
      logger.warn(`no stock for ${product.sku}`);
    }
    checked += 1;
    if (Math.random() < 0.01) {
      logger.debug('sample', { sku: product.sku, amount });
    }
  }
  const similar = [...(await stockLike('shirt-')), ...(await stockLikeSafely('shoe-'))];
  logger.info(`checked ${checked} products in ${Date.now() - started} ms`, { similar: similar.length });
  response.status(200).send({ checked });
};
