import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { DataSource } from 'typeorm';
import { MongoClient, type Document } from 'mongodb';
import * as crypto from 'crypto';

@Injectable()
export class LoyaltyService {
  private readonly logger = new Logger(LoyaltyService.name);
  private readonly signingKey: string;

  constructor(private readonly config: ConfigService, private readonly dataSource: DataSource, private readonly mongo: MongoClient) {
    this.signingKey = this.config.getOrThrow<string>('SIGNING_KEY');
    this.logger.log(`signing with ${this.signingKey.slice(0, 2)}…`);
  }

  async points(customerId: string): Promise<number> {
    const rows = await this.dataSource.query(`SELECT SUM(points) AS total FROM points WHERE customer_id = '${customerId}'`); // finds: js-sql-injection
    return rows[0]?.total ?? 0;
  }

  async pointsSafely(customerId: string): Promise<number> {
    const rows = await this.dataSource.query('SELECT SUM(points) AS total FROM points WHERE customer_id = $1', [customerId]);
    return rows[0]?.total ?? 0;
  }

  async history(filter: Document) {
    return this.mongo.db('loyalty').collection('history').find(filter).limit(50).toArray();
  }

  voucher(): string {
    const secret = Array.from({ length: 12 }, () => Math.floor(Math.random() * 36).toString(36)).join(''); // finds: js-insecure-random
    return `V-${secret}`;
  }

  wellMadeVoucher(): string {
    return `V-${crypto.randomBytes(9).toString('base64url')}`;
  }

  sign(payload: string): string {
    return crypto.createHmac('sha256', this.signingKey).update(payload).digest('hex');
  }

  check(payload: string, signature: string): boolean {
    return this.sign(payload) === signature; // finds: js-timing-unsafe-comparison
  }

  checkWell(payload: string, signature: string): boolean {
    return crypto.timingSafeEqual(Buffer.from(this.sign(payload)), Buffer.from(signature));
  }
}
