import jwt, { JwtPayload } from 'jsonwebtoken';
import jwksClient from 'jwks-rsa';
import { NextFunction, Request, Response } from 'express';

const keys = jwksClient({ jwksUri: `${process.env.ISSUER}/.well-known/jwks.json`, cache: true });

export async function authenticate(request: Request, response: Response, next: NextFunction) {
  const header = request.headers.authorization;
  if (!header?.startsWith('Bearer ')) {
    return response.status(401).json({ message: 'A bearer token is needed.' });
  }
  const token = header.slice(7);
  const decoded = jwt.decode(token, { complete: true }); // clean
  const key = await keys.getSigningKey(decoded?.header.kid);
  try {
    response.locals.user = jwt.verify(token, key.getPublicKey(), { algorithms: ['RS256'], issuer: process.env.ISSUER }) as JwtPayload;
    return next();
  } catch {
    return response.status(401).json({ message: 'The token is not valid.' });
  }
}

export function optionalUser(request: Request, response: Response, next: NextFunction) {
  const token = request.get('authorization')?.split(' ')[1];
  if (token) {
    response.locals.user = jwt.verify(token, process.env.JWT_KEY as string, { ignoreExpiration: true }); // finds: js-jwt-weak-check
  }
  next();
}

export function serviceKey(request: Request, response: Response, next: NextFunction) {
  if (request.headers['x-api-key'] !== process.env.SERVICE_API_KEY) { // finds: js-timing-unsafe-comparison
    return response.sendStatus(401);
  }
  return next();
}

export const issue = (id: string) => jwt.sign({ sub: id }, process.env.JWT_KEY as string, { expiresIn: '15m' });
