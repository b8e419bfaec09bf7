package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Admin reaches a PostgreSQL, started by this process or by another, as a user
// who may make databases.
type Admin struct {
	Address  string // host:port
	User     string
	Password string
}

// ParseAdmin takes a connection string apart; its database does not matter.
func ParseAdmin(connection string) (Admin, error) {
	u, err := url.Parse(connection)
	if err != nil || u.Host == "" || u.User.Username() == "" {
		return Admin{}, errors.New("not a postgres://user:password@host:port/database") // the text may hold a password
	}
	password, _ := u.User.Password()
	return Admin{Address: u.Host, User: u.User.Username(), Password: password}, nil
}

// URL is a connection string for one database.
func (a Admin) URL(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(a.User, a.Password),
		Host:     a.Address,
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// duplicateDatabase is PostgreSQL's SQLSTATE for a name that exists.
const duplicateDatabase = "42P04"

// CreateDatabase makes an empty database unless it exists.
func (a Admin) CreateDatabase(ctx context.Context, name string) error {
	err := a.exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.Code == duplicateDatabase {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// DropDatabase deletes a database, with somebody connected or not, if it exists.
func (a Admin) DropDatabase(ctx context.Context, name string) error {
	err := a.exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)")
	if err != nil {
		return fmt.Errorf("drop database %s: %w", name, err)
	}
	return nil
}

// HasDatabase says whether a database exists.
func (a Admin) HasDatabase(ctx context.Context, name string) (exists bool, err error) {
	conn, err := pgx.Connect(ctx, a.URL("postgres"))
	if err != nil {
		return false, fmt.Errorf("look for database %s: %w", name, err)
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists)
	if err != nil {
		return false, fmt.Errorf("look for database %s: %w", name, err)
	}
	return exists, nil
}

func (a Admin) exec(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, a.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
