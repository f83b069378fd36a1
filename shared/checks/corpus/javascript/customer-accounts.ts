import bcrypt from 'bcrypt';
import crypto from 'crypto';
import jwt from 'jsonwebtoken';
import { Router, type Request, type Response } from 'express';
import { Customers } from '../models/customer';

const router = Router();
const JWT_SECRET = process.env.JWT_SECRET ?? 'let-me-in';

router.post('/register', async (request: Request, response: Response) => {
  const { email, password } = request.body;
  const hash = await bcrypt.hash(password, 8); // finds: js-weak-password-hash
  const customer = await Customers.create({ email: String(email), hash });
  const verificationToken = Math.random().toString(36).substring(2); // finds: js-insecure-random
  await sendVerification(customer, verificationToken);
  response.status(201).json({ id: customer.id });
});

router.post('/login', async (request: Request, response: Response) => {
  const customer = await Customers.findOne({ email: request.body.email }); // finds: js-nosql-injection
  if (!customer || !(await bcrypt.compare(request.body.password, customer.hash))) {
    return response.status(401).json({ message: 'Unknown user or wrong password.' });
  }
  const token = jwt.sign({ sub: customer.id }, JWT_SECRET, { expiresIn: '1h' }); // finds: js-hard-coded-signing-key
  response.cookie('auth_token', token, { secure: true, sameSite: 'lax' }); // finds: js-cookie-without-flags
  return response.json({ token });
});

router.get('/me', async (request: Request, response: Response) => {
  const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
  const claims = jwt.decode(token) as { sub: string }; // finds: js-jwt-not-verified
  const customer = await Customers.findById(claims.sub);
  response.json(customer);
});

router.post('/reset', async (request: Request, response: Response) => {
  const code = crypto.randomInt(100_000, 1_000_000);
  const resetToken = crypto.randomBytes(32).toString('hex'); // clean
  console.log('reset requested', { email: request.body.email, code: Boolean(code) });
  await sendVerification(request.body.email, resetToken);
  response.sendStatus(202);
});

async function sendVerification(to: unknown, token: string) {
  await Customers.notify(to, token.length);
}

export default router;
