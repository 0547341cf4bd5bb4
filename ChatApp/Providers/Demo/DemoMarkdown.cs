namespace ChatApp.Providers.Demo;

/// <summary>A text that uses everything the renderer knows.</summary>
internal static class DemoMarkdown
{
    public const string Sample = """
        # A sample of markdown

        Text with **strong**, *emphasised* and ~~deleted~~ words, `code` in a line, and a [link](https://commonmark.org).

        ## Lists

        1. First
        2. Second
           - with a point below it
           - and another one

        - [x] done
        - [ ] to do

        ## A table

        | Language | Typing | Since |
        |:---------|:------:|------:|
        | C#       | static |  2000 |
        | Python   | dynamic | 1991 |

        ## A block of code

        ```csharp
        public static int Fibonacci(int n) =>
            n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);
        ```

        > A quotation, which may have
        > several lines.

        ---

        Other scripts: 日本語, العربية, héllo, 🙂.
        """;
}
