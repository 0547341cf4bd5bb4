using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatApp.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class FilesAndImportedRuns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_files_owner_id",
                table: "files");

            migrationBuilder.AddColumn<string>(
                name: "imported",
                table: "runs",
                type: "TEXT",
                nullable: true);

            // So that nothing stands behind the content, which is as large as a file. By hand: EF makes a table anew outside of the transaction, so
            // that a process that is killed meanwhile leaves a database that can't be migrated any more. Within it foreign keys are on, and
            // dropping the table takes away the references to its rows; they are given back.
            migrationBuilder.Sql(
                """
                CREATE TABLE files_new (
                    id TEXT NOT NULL CONSTRAINT pk_files PRIMARY KEY, owner_id TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL,
                    created_at TEXT NOT NULL, content BLOB NOT NULL,
                    CONSTRAINT fk_files_users_owner_id FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE);
                INSERT INTO files_new (id, owner_id, name, media_type, size, created_at, content)
                    SELECT id, owner_id, name, media_type, size, created_at, content FROM files;
                CREATE TABLE files_attached AS SELECT message_id, position, file_id FROM message_attachments WHERE file_id IS NOT NULL;
                CREATE TABLE files_pictures AS SELECT account_id, picture_id FROM preferences WHERE picture_id IS NOT NULL;
                DROP TABLE files;
                ALTER TABLE files_new RENAME TO files;
                UPDATE message_attachments SET file_id = kept.file_id FROM files_attached AS kept
                    WHERE kept.message_id = message_attachments.message_id AND kept.position = message_attachments.position;
                UPDATE preferences SET picture_id = kept.picture_id FROM files_pictures AS kept WHERE kept.account_id = preferences.account_id;
                DROP TABLE files_attached;
                DROP TABLE files_pictures;
                """);

            migrationBuilder.CreateIndex(
                name: "ix_files_owner_id_size",
                table: "files",
                columns: new[] { "owner_id", "size" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_files_owner_id_size",
                table: "files");

            migrationBuilder.DropColumn(
                name: "imported",
                table: "runs");

            migrationBuilder.AlterColumn<long>(
                name: "size",
                table: "files",
                type: "INTEGER",
                nullable: false,
                oldClrType: typeof(long),
                oldType: "INTEGER")
                .OldAnnotation("Relational:ColumnOrder", 4);

            migrationBuilder.AlterColumn<Guid>(
                name: "owner_id",
                table: "files",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(Guid),
                oldType: "TEXT")
                .OldAnnotation("Relational:ColumnOrder", 1);

            migrationBuilder.AlterColumn<string>(
                name: "name",
                table: "files",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT")
                .OldAnnotation("Relational:ColumnOrder", 2);

            migrationBuilder.AlterColumn<string>(
                name: "media_type",
                table: "files",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT")
                .OldAnnotation("Relational:ColumnOrder", 3);

            migrationBuilder.AlterColumn<DateTime>(
                name: "created_at",
                table: "files",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(DateTime),
                oldType: "TEXT")
                .OldAnnotation("Relational:ColumnOrder", 5);

            migrationBuilder.AlterColumn<byte[]>(
                name: "content",
                table: "files",
                type: "BLOB",
                nullable: false,
                oldClrType: typeof(byte[]),
                oldType: "BLOB")
                .OldAnnotation("Relational:ColumnOrder", 6);

            migrationBuilder.AlterColumn<Guid>(
                name: "id",
                table: "files",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(Guid),
                oldType: "TEXT")
                .OldAnnotation("Relational:ColumnOrder", 0);

            migrationBuilder.CreateIndex(
                name: "ix_files_owner_id",
                table: "files",
                column: "owner_id");
        }
    }
}
