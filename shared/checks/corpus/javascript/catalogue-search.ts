import { Pool } from 'pg';
import { Request, Response, Router } from 'express';
import { checkToken } from '../middleware/token';

const pool = new Pool({ connectionString: process.env.DATABASE_URL, ssl: { rejectUnauthorized: false } }); // finds: js-tls-verification-off
const COLUMNS = ['name', 'sku', 'price'];
const TABLE = 'products';

export const router = Router();
router.use(checkToken);

router.get('/products', async (req: Request, res: Response) => {
  const q = req.query.q as string;
  const { rows } = await pool.query(`SELECT * FROM products WHERE name ILIKE '%${q}%'`); // finds: js-sql-injection
  res.json(rows);
});

router.get('/products/:sku', async (req: Request, res: Response) => {
  const { rows } = await pool.query(`SELECT ${COLUMNS.join(', ')} FROM ${TABLE} WHERE sku = $1`, [req.params.sku]); // clean
  res.json(rows[0] ?? null);
});

router.get('/sorted', async (req: Request, res: Response) => {
  let sql = 'SELECT * FROM products';
  if (req.query.sort) {
    sql += ` ORDER BY ${req.query.sort}`;
  }
  const result = await pool.query(sql); // finds: js-sql-injection
  res.json(result.rows);
});

router.put('/products/:sku', async (req: Request, res: Response) => {
  const names = COLUMNS.filter((column) => column in req.body);
  const assignments = names.map((name, index) => `${name} = $${index + 2}`).join(', ');
  const text = `UPDATE ${TABLE} SET ${assignments} WHERE sku = $1`;
  await pool.query(text, [req.params.sku, ...names.map((name) => req.body[name])]); // clean
  res.sendStatus(204);
});

export async function removeOld(days: number) {
  await pool.query('DELETE FROM products WHERE removed < now() - $1::interval', [`${days} days`]); // clean
}
